CREATE TABLE users (
    userid VARCHAR(255) NOT NULL PRIMARY KEY,
    username VARCHAR(255) NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
CREATE INDEX ix_users_username ON users (username);

CREATE TABLE batches (
    id INTEGER NOT NULL PRIMARY KEY,
    userid VARCHAR(255) NOT NULL,
    edit_group_id VARCHAR(12),
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    FOREIGN KEY (userid) REFERENCES users (userid)
);
CREATE INDEX ix_batches_userid ON batches (userid);
CREATE INDEX ix_batches_created_at ON batches (created_at);
CREATE INDEX ix_batches_updated_at ON batches (updated_at);

CREATE TABLE upload_requests (
    id INTEGER NOT NULL PRIMARY KEY,
    batchid INTEGER NOT NULL,
    userid VARCHAR(255) NOT NULL,
    status VARCHAR(50) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    handler VARCHAR(255) NOT NULL,
    collection VARCHAR(255),
    access_token TEXT,
    filename VARCHAR(255) NOT NULL,
    wikitext TEXT NOT NULL,
    copyright_override BOOLEAN NOT NULL DEFAULT 0,
    labels JSON,
    result TEXT,
    error JSON,
    success TEXT,
    celery_task_id VARCHAR(255),
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    FOREIGN KEY (batchid) REFERENCES batches (id),
    FOREIGN KEY (userid) REFERENCES users (userid)
);
CREATE INDEX ix_upload_requests_batchid ON upload_requests (batchid);
CREATE INDEX ix_upload_requests_userid ON upload_requests (userid);
CREATE INDEX ix_upload_requests_status ON upload_requests (status);
CREATE INDEX ix_upload_requests_key ON upload_requests ("key");
CREATE INDEX ix_upload_requests_handler ON upload_requests (handler);
CREATE INDEX ix_upload_requests_filename ON upload_requests (filename);
CREATE INDEX ix_upload_requests_created_at ON upload_requests (created_at);
CREATE INDEX ix_upload_requests_updated_at ON upload_requests (updated_at);
CREATE INDEX ix_upload_requests_batchid_status_updated_at
    ON upload_requests (batchid, status, updated_at);

CREATE TABLE presets (
    id INTEGER NOT NULL PRIMARY KEY,
    userid VARCHAR(255) NOT NULL,
    handler VARCHAR(50) NOT NULL,
    title VARCHAR(255) NOT NULL,
    title_template VARCHAR(500) NOT NULL,
    labels JSON,
    categories VARCHAR(500),
    exclude_from_date_category BOOLEAN NOT NULL DEFAULT 0,
    is_default BOOLEAN NOT NULL DEFAULT 0,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    FOREIGN KEY (userid) REFERENCES users (userid)
);
CREATE INDEX ix_presets_userid ON presets (userid);
CREATE INDEX ix_presets_handler ON presets (handler);
CREATE INDEX ix_presets_is_default ON presets (is_default);

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('5cc957424c9d');

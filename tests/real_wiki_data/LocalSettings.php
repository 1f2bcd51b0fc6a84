<?php
// The private wiki of the tests (`tests/real_wiki.py`): a small Commons, as far as Debian's
// MediaWiki can be one. WIKI_FOLDER holds its data, `levers.json` what a test has changed.

$folder = getenv( 'WIKI_FOLDER' );
$levers = json_decode( file_get_contents( "$folder/levers.json" ), true );

$wgSitename = 'Private Commons';
$wgMetaNamespace = 'Commons';
$wgServer = getenv( 'WIKI_SERVER' );
$wgScriptPath = '/w';
$wgArticlePath = '/wiki/$1';
$wgLanguageCode = 'en';
$wgSecretKey = getenv( 'WIKI_SECRET' );

// Each database in a file of its own, so that caches, jobs and pages do not wait for each other.
$ofItsOwn = static fn ( $name ) => [
	'type' => 'sqlite',
	'dbname' => $name,
	'tablePrefix' => '',
	'variables' => [ 'synchronous' => 'OFF' ],
	'dbDirectory' => "$folder/data",
	'trxMode' => 'IMMEDIATE',
	'flags' => 0,
];
$wgDBtype = 'sqlite';
$wgDBname = 'wiki';
$wgSQLiteDataDir = "$folder/data";
$wgDBservers = [ [ 'load' => 1, 'flags' => DBO_DEFAULT ] + $ofItsOwn( 'wiki' ) ];
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class,
	'server' => $ofItsOwn( 'wikicache' ),
];
$wgObjectCaches['db-replicated'] = [
	'factory' => 'ObjectCache::getInstance',
	'args' => [ CACHE_DB ],
];
$wgLocalisationCacheConf['storeServer'] = $ofItsOwn( 'wiki_l10n_cache' );
$wgJobTypeConf['default']['server'] = $ofItsOwn( 'wiki_jobqueue' );
// Shared by the server's processes: limits, sessions and half-sent files live here.
$wgMainCacheType = CACHE_DB;
$wgJobRunRate = 0;

$wgEnableUploads = true;
$wgFileExtensions = [ 'png', 'gif', 'jpg', 'jpeg', 'webp', 'tiff', 'tif', 'svg', 'pdf' ];
$wgMaxUploadSize = 5368709120;
$wgMinUploadChunkSize = 1024;
$wgEnableAsyncUploads = true;
$wgUploadDirectory = "$folder/images";
$wgUploadPath = '/images';
$wgUseImageMagick = false;
$wgTiffThumbnailType = [ 'png', 'image/png' ];
$wgEnableEmail = false;
$wgPasswordAttemptThrottle = [];

// Who may do what, as on Commons; `confirmed` stands for what age and edits bring there.
$wgAutoConfirmCount = 1000000;
$wgGroupPermissions['user']['reupload'] = false;
$wgGroupPermissions['user']['reupload-own'] = true;
$wgGroupPermissions['confirmed'] = [ 'autoconfirmed' => true, 'reupload' => true ];
$wgGroupPermissions['bot']['noratelimit'] = true;
$wgRateLimits = $levers['limits'];

wfLoadExtension( 'TitleBlacklist' );
$wgTitleBlacklistSources = [ [
	'type' => 'file',
	'src' => "$folder/blacklist",
] ];
$wgTitleBlacklistCaching = [ 'warningchance' => 1, 'expiry' => 1, 'warningexpiry' => 1 ];

// The levers.
$wgReadOnly = $levers['read_only'] ?: null;
$wgHooks['ApiMaxLagInfo'][] = static function ( &$lag ) use ( $levers ) {
	$lag = $levers['lag'] ? [ 'host' => 'db1234', 'lag' => $levers['lag'], 'type' => 'db' ] : $lag;
};
$wgHooks['ApiQueryTokensRegisterTypes'][] = static function ( &$salts ) use ( $levers ) {
	$salts['csrf'] = $levers['token_salt'];
};
$refreshed = static function ( $page ) use ( $folder ) {
	$title = $page->getTitle()->getPrefixedText();
	file_put_contents( "$folder/refreshed", "$title\n", FILE_APPEND | LOCK_EX );
};
$wgHooks['ArticlePurge'][] = $refreshed;
$wgHooks['PageSaveComplete'][] =
	static function ( $page, $user, $summary, $flags, $revision, $result ) use ( $refreshed ) {
		if ( $result->isNullEdit() ) {
			$refreshed( $page );
		}
	};

// One byte for each request.
if ( PHP_SAPI === 'cli-server' ) {
	file_put_contents( "$folder/requests", '.', FILE_APPEND | LOCK_EX );
}

// An answer is lost by promising more of it than is sent.
$asked = $_GET + $_POST;
$kind = ( $asked['action'] ?? '' ) . ( isset( $asked['stash'] ) ? ':stash' : '' );
if ( isset( $levers['lose'] ) && $kind === $levers['lose'] && unlink( "$folder/lose" ) ) {
	ob_start( static function ( $answer ) {
		header( 'Content-Length: ' . ( strlen( $answer ) + 1000 ) );
		return $answer;
	} );
}

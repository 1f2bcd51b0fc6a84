"""MediaWiki with Wikibase, by its Action API and OAuth 1.0a."""

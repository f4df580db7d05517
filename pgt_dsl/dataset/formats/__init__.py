"""Writers of data sets, one file a format, each registered through the entry point."""

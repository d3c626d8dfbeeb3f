"""What `sigh doctor` looks at: this machine and its libraries, a store, a cluster; a fix for each fault."""

"""The report on scored pictures: what a model says of them, for those who decide and those who build."""

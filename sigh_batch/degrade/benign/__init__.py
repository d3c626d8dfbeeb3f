"""What honest people do to a screenshot before they show it, one file each; none of it is a forgery."""

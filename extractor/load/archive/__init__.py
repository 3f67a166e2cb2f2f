"""Archives (.zip, .tar, .7z): their members, within limits."""

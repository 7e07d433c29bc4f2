"""What leaves the screen: the clipboard, files and links; nothing in it is imported before it is first used."""

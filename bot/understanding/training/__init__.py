"""This is where the model of replies is trained: texts and the script."""

from pathlib import Path
def render_file(a,b): pass

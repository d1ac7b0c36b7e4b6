"""How the system is run: on one machine (`deploy.local`), in containers, on servers."""

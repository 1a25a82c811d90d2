"""hyteverkko: a linked-data knowledge base of municipal wellbeing work in Finland."""

__version__ = "0.1.0"

"""The questionnaire as one document: pages rendered once for everybody, and what a browser keeps of one person."""

"""Who is asked to fill in which questionnaire, and the life of each."""

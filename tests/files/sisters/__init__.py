"""Fresh files of every kind that desks send, made anew at each run, each with the truth of a careful clerk."""

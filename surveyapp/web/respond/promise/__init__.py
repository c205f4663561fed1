"""The promise in words: what is guaranteed and what is not, each sentence with the test that proves it."""

"""How much better any choice of pauses could be: a relaxation, its cuts, branch and bound."""

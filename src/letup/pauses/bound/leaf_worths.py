"""Prove what the windows of a tree's leaves are worth, so that a bound is confirmed without computing any flow."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from letup.pauses.bound.all_quiet import bound_all_quiet
from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.pauses.certificates.check_bound import confirmed_bound, leaves_of
from letup.pauses.certificates.propagation import Propagation
from letup.pauses.certificates.relaxation_program import RelaxationProgram
from letup.pauses.incumbent import Never
from letup.pauses.limits import quiet_array
from letup.pauses.problem import Problem

_ROUNDS = 30
"""Rounds of the bound for the windows of one leaf."""
_MOST = 300
"""Leaves whose windows are looked at; others count for what their duals prove."""


def with_leaf_worths(
    problem: Problem, certificate: Certificate | AllQuietCertificate
) -> Certificate | AllQuietCertificate:
    """Give each leaf in which all windows are fixed a certificate of its own, and the whole the bound that follows.

    Where shelters are scarce this may be a little more than the flow through the windows is worth: what is proven then
    holds for any flow through them, not only for the one that lets people arrive as early as possible.
    """
    if isinstance(certificate, AllQuietCertificate) or certificate.tree is None:
        return certificate
    tree, net, clock = certificate.tree, problem.net, problem.clock
    relaxation = RelaxationProgram(net, problem.limits, clock, problem.weight, certificate.grouping, problem.margin)
    for cut in certificate.cuts:
        relaxation.add_cut(cut)
    propagation = Propagation(relaxation.program, relaxation.windows)
    leaves, left = list(tree.leaves), _MOST
    for number, leaf, lower, upper in leaves_of(tree, propagation):
        if leaf.valued and left and (lower <= upper).all() and propagation.allowed(lower):
            left -= 1
            quiet = quiet_array(relaxation.windows.windows(lower), net.zones, clock.steps, problem.margin)
            proofs = bound_all_quiet(net, quiet, problem.weight, rounds=_ROUNDS, stop=Never())
            leaves[number] = replace(leaf, worth=deque(proofs, maxlen=1).pop())
    proven = replace(certificate, tree=replace(tree, leaves=leaves))
    bound = confirmed_bound(net, clock, problem.limits, problem.weight, problem.margin, proven)
    return replace(proven, bound=bound)

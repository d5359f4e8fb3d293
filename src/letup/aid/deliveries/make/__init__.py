"""Make deliveries: what to bring where and when while zones are quiet, and the most that anything could bring."""

from letup.aid.deliveries.make.deliver import Prepared, deliver, findings_if_quiet, prepare, upper_bound
from letup.aid.deliveries.make.surrogate import DeliverySurrogate

__all__ = ["DeliverySurrogate", "Prepared", "deliver", "findings_if_quiet", "prepare", "upper_bound"]

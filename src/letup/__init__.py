"""letup plans, helps to agree, and watches over humanitarian pauses."""

__version__ = "0.1.0"

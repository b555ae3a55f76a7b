"""Static files: hashed names, compressed with gzip when they are collected."""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Without Brotli: at its highest level nearly all of a first start's 50 s of processor time went there."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Gzip only."""
        return Compressor(use_brotli=False, **kwargs)

"""The connection to Spark: started once a process, on this machine's cores or a given master."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from validator.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER_VARIABLE: Final = "SPARK_MASTER"
TRIES: Final = 3
NEEDED: Final = ("pyspark", "sqlglot")
ALWAYS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.pythonUDF.arrow.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.ui.retainedTasks": "100",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.debug.maxToStringFields": "10",
}
LOCAL: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
}


def master_of(given: str, jobs: int) -> str:
    """The given master, else the environment's, else this machine's cores with each task tried three times."""
    return given or os.environ.get(MASTER_VARIABLE) or f"local[{max(1, jobs)},{TRIES}]"


def check_installed() -> None:
    """Raises UsageError with advice when the extra or Java is missing."""
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise UsageError("usage.no_spark", {"packages": ", ".join(lacking)})
    if not _has_java():
        raise UsageError("usage.no_java")


def connect(master: str) -> SparkSession:
    """A session of its own in this process's Spark. Raises UsageError when none answers at the master."""
    check_installed()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    settings: dict[str, Any] = dict(ALWAYS)
    if master.startswith("local"):
        settings |= LOCAL
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return SparkSession.builder.master(master).appName("lienthong").config(map=settings).getOrCreate().newSession()
    except (PySparkException, OSError, RuntimeError) as fault:
        reason = str(fault).splitlines()[0]
        raise UsageError("usage.spark_unreachable", {"master": master, "reason": reason}) from fault


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None) is not None

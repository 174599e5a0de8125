"""What pyproject.toml cannot say: the folder data/ goes into the wheel as ser_helpers/data."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["ser_helpers", "ser_helpers.*"]), "ser_helpers.data"],
    package_dir={"ser_helpers.data": "data"},
)

"""Packaging of Satark Mitra: metadata, packages, the `satark` command. Tool settings are in pyproject.toml."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

HERE = Path(__file__).parent
OURS = [f"{name}*" for name in ("sync", "relay", "appliance", "webui", "provisioning")]


def requirements(name: str) -> list[str]:
    """The version ranges of requirements/<name>.in, without comments and without the files it includes."""
    lines = (HERE / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    ranges = (line.partition("#")[0].strip() for line in lines)
    return [wanted for wanted in ranges if wanted and not wanted.startswith("-")]


setup(
    name="satark-mitra",
    version="0.1.0",
    description="Anonymous crime reports by WhatsApp for district police, sealed to the district's own box",
    license="Apache-2.0",
    python_requires=">=3.11",
    # "namespace": folders of templates and seed data count as well, though they hold no code
    packages=find_namespace_packages(include=OURS, exclude=["*__pycache__*"]),
    include_package_data=True,  # all of them: MANIFEST.in
    install_requires=requirements("product"),
    extras_require={name: requirements(name) for name in ("demo", "tests", "bench")},
    entry_points={"console_scripts": ["satark = provisioning.cli:main"]},
    zip_safe=False,
)

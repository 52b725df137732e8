"""Code generation: the rdu dialect and the configuration say the same; this room translates."""

from rdu.codegen.configuration import program_of
from rdu.codegen.findings import Finding, check_module, find_wrong
from rdu.codegen.import_configuration import module_of

__all__ = ["Finding", "check_module", "find_wrong", "module_of", "program_of"]

// Whatever is wrong with a pipeline or a flag is said with its column and a suggestion.
// RUN: not rdu-opt %s --pass-pipeline='builtin.module(cse,canonicalise)' 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not rdu-opt %s --canonicalise 2>&1 | FileCheck %s --check-prefix=FLAG
// RUN: not rdu-opt %s --pass-pipeline='canonicalize{max-iteration=3}' 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not rdu-opt %s --pass-pipeline='builtin.module(cse' 2>&1 | FileCheck %s --check-prefix=PAREN
// RUN: not rdu-opt %s --cse --pass-pipeline='cse' 2>&1 | FileCheck %s --check-prefix=BOTH
// RUN: not rdu-opt %s --help-pass canonicalise 2>&1 | FileCheck %s --check-prefix=HELP
// RUN: not rdu-opt %s.gone 2>&1 | FileCheck %s --check-prefix=GONE
// RUN: not rdu-opt %s --run-reproducer 2>&1 | FileCheck %s --check-prefix=REPRODUCER
// RUN: not rdu-opt --dump-irdl=sma 2>&1 | FileCheck %s --check-prefix=IRDL

// NAME: --pass-pipeline:1:20: error: pass 'canonicalise' is unknown: expected a pass or a named pipeline
// NAME-NEXT: hint: did you mean 'canonicalize'?
// FLAG: error: flag '--canonicalise' is unknown
// FLAG-NEXT: hint: did you mean '--canonicalize'?
// OPTION: --pass-pipeline:1:1: error: pass 'canonicalize' cannot be used so: no such option max-iteration
// PAREN: --pass-pipeline:1:19: error: pipeline does not nest: expected ')', got 'the end'
// BOTH: error: '--pass-pipeline' and pass flags exclude each other
// HELP: error: pass 'canonicalise' is unknown
// HELP-NEXT: hint: did you mean 'canonicalize'?
// GONE: error: input '{{.*}}.gone' cannot be read: No such file or directory
// REPRODUCER: pipeline-errors.mlir: error: input has no reproducer
// IRDL: error: dialect 'sma' is unknown: expected {{.*}}'sam'
// IRDL-NEXT: hint: did you mean 'sam'?

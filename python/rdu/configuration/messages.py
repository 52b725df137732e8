"""Everything that the reader and the verifier can say, declared once.

Each message renders as `what is wrong: expected <need>, got <have>`. A program that is malformed
exits with 1; one that is well formed but exceeds the machine exits with 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdu.support.diagnostics import ExitCode


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of finding; `text` is a format string over the names of the entities concerned."""

    code: str
    text: str
    exit_code: ExitCode = ExitCode.ERROR


MESSAGES: dict[str, Message] = {}
"""Every message by code."""


def _wrong(code: str, text: str, exit_code: ExitCode = ExitCode.ERROR) -> Message:
    MESSAGES[code] = Message(code, text, exit_code)
    return MESSAGES[code]


def _unfit(code: str, text: str) -> Message:
    return _wrong(code, text, ExitCode.DOES_NOT_FIT)


# The text.
UNREADABLE = _wrong("unreadable", "unreadable character")
TOO_LONG = _wrong("too-long", "{kind} is too long")
UNOPENED = _wrong("unopened", "'}}' closes no block")
UNCLOSED = _wrong("unclosed", "block is never closed")
MALFORMED = _wrong("malformed", "malformed {statement} line")
UNKNOWN_STATEMENT = _wrong("unknown-statement", "unknown statement '{word}' in {block}")
NOT_A_BLOCK = _wrong("not-a-block", "'{word}' opens a block but takes none")
NO_BLOCK = _wrong("no-block", "'{word}' needs a block")
LATE = _wrong("late", "'{word}' stands too late in {block}")
REPEATED = _wrong("repeated", "'{word}' is repeated in {block}")
INCOMPLETE = _wrong("incomplete", "{block} is incomplete")
TWO_ACTIONS = _wrong("two-actions", "context '{name}' does more than one thing")

# Names.
DUPLICATE = _wrong("duplicate", "{kind} '{name}' is declared twice")
UNKNOWN = _wrong("unknown", "unknown {kind} '{name}'")

# Machine, tensors and host.
OTHER_MACHINE = _wrong("other-machine", "the program is for another machine")
MACHINE_HASH = _wrong("machine-hash", "machine '{name}' is not the one of the program")
EMPTY_TENSOR = _wrong("empty-tensor", "tensor '{name}' has no elements")
TIER_CAPACITY = _unfit("tier-capacity", "tensors exceed tier '{name}'")
UNBOUND = _wrong("unbound", "run of section '{section}' does not bind formal '{name}'")
BINDING_TYPE = _wrong("binding-type", "tensor '{name}' does not match formal '{formal}'")
READ_ONLY = _wrong("read-only", "section '{section}' stores to {role} '{name}'")
NEVER_STORED = _wrong("never-stored", "output '{name}' is never stored to")
LOADED_TOO_SOON = _wrong(
    "loaded-too-soon", "section '{section}' loads {role} '{name}' before anything is stored to it"
)

# Counters, ports and accesses of a context.
WRONG_UNIT = _wrong("wrong-unit", "{kind} '{unit}' cannot {verb}")
REPEAT = _wrong("repeat", "context '{name}' makes no pass")
COUNTER_STEP = _wrong("counter-step", "counter '{name}' does not advance")
COUNTER_LANES = _wrong("counter-lanes", "counter '{name}' has no lanes")
COUNTER_EMPTY = _wrong("counter-empty", "counter '{name}' takes no value")
COUNTER_RANGE = _wrong("counter-range", "counter '{name}' leaves i32")
FIRINGS = _wrong("firings", "context '{name}' fires too often")
BOUND_TYPE = _wrong("bound-type", "bound '{name}' of counter '{counter}' is no number")
BOUND_LEVEL = _wrong("bound-level", "bound '{name}' comes too late for counter '{counter}'")
FOREVER = _wrong("forever", "context '{name}' passes without end and waits for nothing")
ENDLESS = _wrong("endless", "'{name}' is in a circle that never ends")
TWO_VECTORS = _wrong("two-vectors", "chain of context '{name}' has several vector counters")
LANES = _unfit("lanes", "counter '{name}' has too many lanes")
CONTROL_TYPE = _wrong("control-type", "element type of {kind} port '{name}' is wrong")
PORT_TYPE = _wrong("port-type", "port '{name}' has the wrong element type")
SCALAR_ACCESS = _wrong("scalar-access", "scalar port '{name}' cannot carry a vector of words")
IDLE_INPUT = _wrong("idle-input", "input '{name}' has no use")
UNDRIVEN = _wrong("undriven", "output '{name}' carries no value")
DRIVEN_TWICE = _wrong("driven-twice", "output '{name}' carries two values")
DRIVEN_CONTROL = _wrong("driven-control", "control output '{name}' carries a value")

# Conditions of ports.
CONDITION_TYPE = _wrong("condition-type", "condition of '{name}' is no truth value")
CONDITION_ORDER = _wrong("condition-order", "condition of '{name}' is not known in time")
CONDITION_LEVEL = _wrong("condition-level", "condition of '{name}' changes inside its level")
CONDITION_LAST = _wrong("condition-last", "condition of '{name}' asks for the last of a stream")
COMPARED = _wrong("compared", "condition of '{name}' compares a port")
COMPARED_REACH = _wrong("compared-reach", "condition of '{name}' has too large coefficients")
ELSE_MISSING = _wrong("else-missing", "input '{name}' has no value where its condition fails")
ELSE_IDLE = _wrong("else-idle", "'else' of '{name}' has no use")
ELSE_TYPE = _wrong("else-type", "'else' of '{name}' has the wrong element type")

# Streams.
STREAM_KIND = _wrong("stream-kind", "stream '{name}' carries no values")
STREAM_LEVEL = _wrong("stream-level", "stream '{name}' is at a wrong level")
STREAM_WHEN = _wrong("stream-when", "stream '{name}' does not always move on with its counter")
STREAM_REPEAT = _wrong("stream-repeat", "context '{name}' passes until its stream is done")
STREAM_UNCOUNTED = _wrong("stream-uncounted", "stream '{name}' is not read to its end")
STREAM_ENDLESS = _wrong("stream-endless", "stream '{name}' is never done")
UNTIL_STREAM = _wrong("until-stream", "counter '{name}' counts '{port}', which is no stream")
UNTIL_ORDER = _wrong("until-order", "counter '{name}' of a stream is not outermost")
UNTIL_OTHER = _wrong("until-other", "counter '{name}' counts another stream")
UNTIL_LANES = _wrong("until-lanes", "counter '{name}' of a stream has lanes")
PRIMITIVE_CHAIN = _wrong("primitive-chain", "'{name}' has a chain")
PRIMITIVE_PORT = _wrong("primitive-port", "port '{name}' of '{primitive}' is no plain stream")
PRIMITIVE_FORM = _wrong("primitive-form", "'{name}' has the wrong number of ports")
PRIMITIVE_TWICE = _wrong("primitive-twice", "port '{name}' is named twice")
PRIMITIVE_TYPE = _wrong("primitive-type", "port '{name}' does not suit '{primitive}'")
SPARSE_MACHINE = _unfit("sparse-machine", "'{name}' needs a machine with sparse primitives")
SPARSE_FUNCTION = _wrong("sparse-function", "'{name}' has the wrong function")
SPARSE_OPERAND = _wrong("sparse-operand", "'{name}' has the wrong operands")
SPARSE_STORAGE = _wrong("sparse-storage", "'{name}' has the wrong storage")
SPARSE_SETTING = _wrong("sparse-setting", "'{name}' has the wrong settings")
SPARSE_LANES = _unfit("sparse-lanes", "'{name}' takes vectors of more lanes than there are")
SPARSE_TENSOR = _wrong("sparse-tensor", "storage '{name}' has the wrong element type")
SPARSE_BUFFERS = _wrong("sparse-buffers", "memory '{name}' of a primitive has several buffers")
SPARSE_EXTENT = _wrong("sparse-extent", "dense level of '{name}' is empty or too long")
SPARSE_TIER = _unfit("sparse-tier", "tensor '{name}' is out of reach of sparse primitives")

# Memories and accesses.
MEMORY_UNIT = _wrong("memory-unit", "{kind} '{unit}' cannot hold memory '{name}'")
EMPTY_MEMORY = _wrong("empty-memory", "memory '{name}' holds nothing")
SKEW = _wrong("skew", "skew of memory '{name}' is empty")
ADDRESS_RANGE = _wrong("address-range", "address in memory '{name}' is out of range")
RANK = _wrong("rank", "access of '{name}' has the wrong number of indices")
TERM = _wrong("term", "'{name}' is no index")
VECTOR_TERM = _wrong("vector-term", "vector '{name}' is an index in a chain without lanes")
COEFFICIENT = _wrong("coefficient", "coefficient of counter '{name}' is too large")
REACH = _wrong("reach", "index of '{name}' has too large coefficients")
INDEX_RANGE = _wrong("index-range", "index {position} of '{name}' is out of range")
UPDATE_TYPE = _wrong("update-type", "operation '{name}' does not update memory '{memory}'")
BACK_RANGE = _wrong("back-range", "read of '{name}' reaches back to no buffer")
BACK_BOUNDS = _wrong("back-bounds", "read of '{name}' reaches back as far as data say")

# Computation.
ARITY = _wrong("arity", "operation '{name}' has the wrong number of operands")
OPERAND_TYPE = _wrong("operand-type", "operation '{name}' does not take its operands")
OPERAND_CONTROL = _wrong("operand-control", "control input '{name}' has no value")
CONSTANT_RANGE = _wrong("constant-range", "constant {value} is beyond i32")
NO_REDUCTION = _wrong("no-reduction", "operation '{name}' does not reduce {dtype}")
INIT_TYPE = _wrong("init-type", "initial value of '{name}' has the wrong element type")
INIT_VECTOR = _wrong("init-vector", "initial value of '{name}' is a vector")
DRIVE_TYPE = _wrong("drive-type", "output '{name}' cannot carry '{value}'")
SCALAR_DRIVE = _wrong("scalar-drive", "scalar output '{name}' cannot carry vector '{value}'")

# Systolic arrays.
NO_ARRAY = _unfit("no-array", "context '{name}' needs a systolic array")
SYSTOLIC_INIT = _wrong("systolic-init", "systolic '{name}' always starts from zero")
SYSTOLIC_FIRST = _wrong("systolic-first", "systolic '{name}' comes too late")
SYSTOLIC_TAIL = _wrong("systolic-tail", "tail of systolic '{name}' keeps a state")
SYSTOLIC_CHAIN = _wrong("systolic-chain", "systolic '{name}' has a counter that ends no tile")
SYSTOLIC_OPERAND = _wrong("systolic-operand", "operand of systolic '{name}' does not feed it")
SYSTOLIC_OUTPUT = _wrong("systolic-output", "output '{name}' does not leave with the tile")

# Nets.
DANGLING = _wrong("dangling", "{direction} '{name}' is not connected")
DOUBLY_CONNECTED = _wrong("doubly-connected", "{direction} '{name}' is connected twice")
NO_SINK = _wrong("no-sink", "net '{name}' leads nowhere")
NET_KIND = _wrong("net-kind", "net '{name}' does not match port '{port}'")
NET_TYPE = _wrong("net-type", "net '{name}' changes the element type")
NET_STREAM = _wrong("net-stream", "net '{name}' joins a stream to what is none")
NET_ABSENT = _wrong("net-absent", "net '{name}' may carry 'N' to '{port}', which cannot read it")
NO_CAPACITY = _wrong("no-capacity", "channel to '{name}' holds no token")
INIT_CAPACITY = _wrong("init-capacity", "channel to '{name}' starts overfull")
INIT_KIND = _wrong("init-kind", "{kind} channel to '{name}' starts with tokens")
SKIP_WALK = _wrong("skip-walk", "channel to '{name}' answers another walk")
SKIP_START = _wrong("skip-start", "channel to '{name}' has no answer to start with")
RATE = _wrong("rate", "rates of the channel to '{name}' can never match")
FIFO_DEPTH = _unfit("fifo-depth", "{kind} channel to '{name}' is too deep")
UNBOUNDED = _unfit("unbounded", "channel to '{name}' is unbounded")

# Ownership of memories.
UNOWNED = _wrong("unowned", "access without ownership of memory '{name}'")
UNORDERED = _wrong(
    "unordered", "access without ownership: '{writer}' and '{reader}' share memory '{name}'"
)
NEVER_WRITTEN = _wrong("never-written", "memory '{name}' is read but never written")

# Unit limits.
TOO_MANY = _unfit("too-many", "{kind} '{name}' has too many {what}")
REGISTERS = _unfit("registers", "context '{name}' keeps too many values between stages")
ADDRESS_STAGES = _unfit("address-stages", "address in context '{name}' has too many terms")

# Places and routes.
NO_NETWORK = _unfit("no-network", "channel to '{name}' needs a dynamic network")
TWO_WAYS = _wrong("two-ways", "channel to '{name}' has a route and needs none")
DYNAMIC_UNPLACED = _wrong("dynamic-unplaced", "packets to '{name}' do not know the way")
NO_CHANNEL = _unfit("no-channel", "channel to '{name}' is on no virtual channel")
NO_GRID = _unfit("no-grid", "unit '{name}' is placed on a machine without a grid")
NO_PLACE = _unfit("no-place", "unit '{name}' is off the grid")
PLACE_KIND = _unfit("place-kind", "{kind} '{name}' is on a place of another kind")
PLACE_TAKEN = _unfit("place-taken", "unit '{name}' is on a taken place")
HALF_PLACED = _wrong("half-placed", "unit '{name}' is not placed")
ROUTE_UNPLACED = _wrong("route-unplaced", "route to '{name}' connects units without places")
ROUTE_MISSING = _wrong("route-missing", "channel to '{name}' is not routed")
NO_SWITCH = _unfit("no-switch", "route to '{name}' leaves the network")
ROUTE_START = _wrong("route-start", "route to '{name}' does not begin at its source")
ROUTE_END = _wrong("route-end", "route to '{name}' does not end at its consumer")
ROUTE_GAP = _wrong("route-gap", "route to '{name}' has a gap")
ROUTE_TREE = _wrong("route-tree", "routes of net '{name}' are no tree")
TRACKS = _unfit("tracks", "too many {kind} nets on the link {link}")

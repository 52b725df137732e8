"""Text of small `spatial` programs."""


def array(numbers):
    """`array<i64: ...>`."""
    return f"array<i64: {', '.join(map(str, numbers))}>" if len(numbers) else "array<i64>"


def controller(body, stops, *, starts=None, steps=None, lanes=None, first=0):
    """A pipelined controller over counters that are named from `first` on."""
    ones = [1] * len(stops)
    names = ", ".join(f'"c{first + n}"' for n in range(len(stops)))
    return f"""
    "spatial.controller"() ({{
      {body}
      "spatial.yield"() : () -> ()
    }}) {{schedule = "pipelined", names = [{names}], starts = {array(starts or [0] * len(stops))},
         stops = {array(stops)}, steps = {array(steps or ones)}, lanes = {array(lanes or ones)},
         unroll = {array(ones)}}} : () -> ()"""


def on_chip(name, tensor, role):
    """A tensor and a memory of its shape: `%<name>_dram` and `%<name>`."""
    return f"""
    %{name}_dram = "spatial.dram"() {{name = "{name}", role = "{role}"}} : () -> !spatial.offchip<{tensor}>
    %{name} = "spatial.sram"() {{name = "{name}", buffers = 1}} : () -> !spatial.scratchpad<{tensor}>"""  # noqa: E501


def transfer(kind, name, tensor, rank):
    """Load or store a whole memory, outside of any controller."""
    zeros = ", ".join("0" * rank)
    values = [(f"%{name}_dram", f"!spatial.offchip<{tensor}>")]
    values.insert(kind == "load", (f"%{name}", f"!spatial.scratchpad<{tensor}>"))
    (a, a_type), (b, b_type) = values
    offsets = f"offsets = affine_map<() -> ({zeros})>"
    return f'"spatial.{kind}"({a}, {b}) {{{offsets}}} : ({a_type}, {b_type}) -> ()'


def program(body, inputs, outputs):
    """A program on whole tensors: names and types of inputs and outputs, and what runs between."""
    tensors = {**inputs, **outputs}
    ranks = {name: tensor.count("x") for name, tensor in tensors.items()}
    lines = [on_chip(name, tensor, "input") for name, tensor in inputs.items()]
    lines += [on_chip(name, tensor, "output") for name, tensor in outputs.items()]
    lines += [transfer("load", name, inputs[name], ranks[name]) for name in inputs]
    lines += [body]
    lines += [transfer("store", name, outputs[name], ranks[name]) for name in outputs]
    return "func.func @main() {" + "\n".join(lines) + "\nreturn\n}"


def read(result, memory, kind, dims, results, holder="scratchpad"):
    """Read an element of a memory that holds `kind`: a tensor, or the element type itself."""
    access = f"map = affine_map<({dims}) -> ({results})>"
    types = f"(!spatial.{holder}<{kind}>) -> {_element(kind)}"
    return f'%{result} = "spatial.read"(%{memory}) {{{access}}} : {types}'


def write(value, memory, kind, dims, results, holder="scratchpad"):
    """Write an element of a memory that holds `kind`."""
    access = f"map = affine_map<({dims}) -> ({results})>"
    types = f"({_element(kind)}, !spatial.{holder}<{kind}>) -> ()"
    return f'"spatial.write"(%{value}, %{memory}) {{{access}}} : {types}'


def _element(kind):
    return kind.rpartition("x")[2].rstrip(">")


def reduce(result, value, over, *, combiner="addf", init=None, element="f32"):
    """Reduce a value from a counter on."""
    operands = [value] if init is None else [value, init]
    names = ", ".join(f"%{operand}" for operand in operands)
    types = ", ".join([element] * len(operands))
    sizes = f"operandSegmentSizes = array<i32: 1, {len(operands) - 1}>"
    return f'%{result} = "spatial.reduce"({names}) {{combiner = "{combiner}", over = {over}, {sizes}}} : ({types}) -> {element}'  # noqa: E501

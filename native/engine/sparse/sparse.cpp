#include <stdexcept>

#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

std::unique_ptr<Process> make_sparse(int number, const ContextSpec& spec, Fabric& fabric) {
  switch (spec.kind) {
    case ContextKind::lookup:
    case ContextKind::skip_lookup:
      return make_lookup(number, spec, fabric);
    case ContextKind::locate:
      return make_locate(number, spec, fabric);
    case ContextKind::repeat:
      return make_repeat(number, spec, fabric);
    case ContextKind::intersect:
    case ContextKind::skip:
    case ContextKind::unite:
      return make_join(number, spec, fabric);
    case ContextKind::array:
    case ContextKind::bounds:
    case ContextKind::fetch:
      return make_load(number, spec, fabric);
    case ContextKind::range:
      return make_range(number, spec, fabric);
    case ContextKind::apply:
      return make_apply(number, spec, fabric);
    case ContextKind::reduce:
      return make_reduce(number, spec, fabric);
    case ContextKind::fold:
      return make_fold(number, spec, fabric);
    case ContextKind::accumulate:
      return make_accumulate(number, spec, fabric);
    case ContextKind::sort:
      return make_sort(number, spec, fabric);
    case ContextKind::scatter:
    case ContextKind::write_fibers:
    case ContextKind::write_values:
      return make_writer(number, spec, fabric);
    case ContextKind::mask:
    case ContextKind::drop_coordinates:
    case ContextKind::drop_values:
    case ContextKind::drop_stops:
    case ContextKind::drop_fibers:
      return make_drop(number, spec, fabric);
    case ContextKind::number:
    case ContextKind::as_coordinate:
    case ContextKind::split:
    case ContextKind::flatten:
      return make_shape(number, spec, fabric);
    case ContextKind::concatenate:
      return make_concat(number, spec, fabric);
    case ContextKind::fork:
    case ContextKind::rejoin:
      return make_parallel(number, spec, fabric);
    case ContextKind::build_bits:
    case ContextKind::expand_bits:
    case ContextKind::chunk_bits:
      return make_bits(number, spec, fabric);
    case ContextKind::intersect_bits:
    case ContextKind::unite_bits:
      return make_meet(number, spec, fabric);
    case ContextKind::drop_bits:
      return make_bit_tree(number, spec, fabric);
    default:
      throw std::invalid_argument("context '" + spec.name + "' is no sparse primitive");
  }
}

}  // namespace rdu::engine

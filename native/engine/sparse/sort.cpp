// The values of each fiber in order.
//
// What leaves does not hold up what comes, but for the buffers of its memory, if it has one: the
// first firing of a fiber waits until so many fibers before it have left.
#include <algorithm>
#include <cmath>

#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

class Sort final : public Walker<Sort> {
 public:
  Sort(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric, fibers_of(*spec.sparse, fabric)),
        room_(spec.sparse->in_memory ? memory_of(*spec.sparse, fabric).words : kNoLimit),
        keep_(sparse_.settings[0] == 0 ? kNoLimit : sparse_.settings[0]) {}

  bool step() {
    const Source& crds = sources_[0];
    const Source& values = sources_[1];
    const std::array<const Source*, 2> both{&crds, &values};
    if (!there(crds, values)) return false;
    const int code = crds.code();
    weight_ = held_.empty() && code != kDone;
    if (!expect(code, std::span(both).subspan(1), both)) return false;
    if (code == kDone) {
      if (!held_.empty()) return expect(0, std::span(both).first(1), both);
      return pass_on(both);
    }
    if (code > kDone) {
      if (!fire(both)) return false;
      drain_fiber(code);
      end();
      return true;
    }
    const Entry entry{{code, crds.word()}, values.code() == kEmpty ? 0 : values.word()};
    const auto size = std::min(static_cast<std::int64_t>(held_.size()) + 1, keep_);
    if (!inside(0, kEntryWords * size - 1, room_, both)) return false;
    if (!fire(both, {}, false)) return false;
    held_.push_back(entry);
    return true;
  }

 private:
  static constexpr std::int64_t kNoLimit = std::int64_t{1} << 62;
  static constexpr std::int64_t kEntryWords = 2;  // a value and its coordinate

  struct Entry {
    Item crd;
    Word value;
  };

  static const MemorySpec& memory_of(const SparseSpec& spec, const Fabric& fabric) {
    return fabric.spec.memories[static_cast<std::size_t>(spec.tensors.front())];
  }
  static std::int64_t fibers_of(const SparseSpec& spec, const Fabric& fabric) {
    return spec.in_memory ? memory_of(spec, fabric).buffers : 0;
  }

  // Whether one comes before another, of which neither does if they are equal: NaN is the greatest,
  // and what is absent comes last.
  bool comes_before(const Entry& left, const Entry& right) const {
    if (left.crd.code == kEmpty || right.crd.code == kEmpty) {
      return left.crd.code != kEmpty && right.crd.code == kEmpty;
    }
    const bool ascends = sparse_.comparison == Comparison::lt;
    const Word low = ascends ? left.value : right.value, high = ascends ? right.value : left.value;
    if (!sparse_.is_float) return as_int(low) < as_int(high);
    const float a = as_float(low), b = as_float(high);
    return a < b || (!std::isnan(a) && std::isnan(b));
  }

  void drain_fiber(int stop) {
    std::ranges::stable_sort(
        held_, [this](const Entry& left, const Entry& right) { return comes_before(left, right); });
    const auto kept = std::min(static_cast<std::int64_t>(held_.size()), keep_);
    for (std::int64_t place = 0; place < kept; ++place) {
      const Entry& entry = held_[static_cast<std::size_t>(place)];
      const int code = entry.crd.code;
      give(0, code, static_cast<Word>(place));
      give(1, kValue, code == kEmpty ? 0 : entry.value);
      give(2, code, entry.crd.word);
    }
    give_all(stop);
    held_.clear();
  }

  const std::int64_t room_;
  const std::int64_t keep_;
  std::vector<Entry> held_;
};

}  // namespace

std::unique_ptr<Process> make_sort(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Sort>(number, spec, fabric);
}

}  // namespace rdu::engine

// Words that are loaded at references: values, or vectors of them, coordinates, and where fibers
// begin and end.
#include "engine/sparse/primitives.hpp"
#include "engine/sparse/storage.hpp"

namespace rdu::engine {

namespace {

// Gives one word of its tensor for each reference, or two that are neighbours. They are there at
// once, or come from a memory tier.
class LoadWords final : public Walker<LoadWords> {
 public:
  LoadWords(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric),
        part_(sparse_, 0, fabric),
        count_(spec.kind == ContextKind::bounds ? 2 : 1),
        absent_(spec.kind == ContextKind::array ? kValue : kEmpty) {}

  bool step() {
    const Source& refs = sources_[0];
    if (!there(refs)) return false;
    if (bursts_ != nullptr) bursts_->begin();
    const int code = refs.code();
    if (code > kValue) return pass_on(std::array{&refs});
    if (code == kEmpty) {
      if (!fire({&refs})) return false;
      for (std::size_t i = 0; i < count_; ++i) give(i, absent_);
      end();
      return true;
    }
    const std::int32_t at = as_int(refs.word());
    const auto extent = part_.size + 1 - static_cast<std::int64_t>(count_);
    if (!inside(0, at, extent, std::array{&refs})) return false;
    if (bursts_ != nullptr) bursts_->load(at, count_);
    if (!fire({&refs})) return false;
    for (std::size_t i = 0; i < count_; ++i) {
      const auto place = at + static_cast<std::int64_t>(i);
      give(i, kValue, bursts_ == nullptr ? part_.elements.get(place) : 0);
    }
    end();
    return true;
  }

 private:
  const Part part_;
  const std::size_t count_;
  const int absent_;
};

// Gives the vector at each reference; an absent one gives zeros.
class LoadVectors final : public Walker<LoadVectors> {
 public:
  LoadVectors(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric),
        values_(sparse_, 0, fabric),
        count_(values_.size / sparse_.lanes) {}

  bool step() {
    const Source& refs = sources_[0];
    if (!there(refs)) return false;
    if (bursts_ != nullptr) bursts_->begin();
    const int code = refs.code();
    if (code > kValue) return pass_on(std::array{&refs});
    const bool loads = code == kValue;
    const std::int32_t at = as_int(refs.word());
    if (loads && !inside(0, at, count_, std::array{&refs})) return false;
    const std::int64_t first = std::int64_t{at} * sparse_.lanes;
    if (loads && bursts_ != nullptr) {
      bursts_->load(first, static_cast<std::size_t>(sparse_.lanes));
    }
    if (!fire({&refs})) return false;
    std::array<Word, kMaxLanes> lanes{};
    for (std::int64_t i = 0; i < sparse_.lanes && loads && bursts_ == nullptr; ++i) {
      lanes[static_cast<std::size_t>(i)] = values_.elements.get(first + i);
    }
    give_lanes(0, lanes.data());
    end();
    return true;
  }

 private:
  const Part values_;
  const std::int64_t count_;
};

}  // namespace

std::unique_ptr<Process> make_load(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.sparse->lanes > 1) return std::make_unique<LoadVectors>(number, spec, fabric);
  return std::make_unique<LoadWords>(number, spec, fabric);
}

}  // namespace rdu::engine

// Results: how streams come to lie in memory.
#include "engine/sparse/primitives.hpp"
#include "engine/sparse/storage.hpp"

namespace rdu::engine {

namespace {

// Stores values, or vectors, at references, or in the order in which they come, but those of absent
// tokens.
template <bool kInOrder>
class WriteValues final : public Walker<WriteValues<kInOrder>> {
 public:
  WriteValues(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker<WriteValues>(number, spec, fabric),
        target_(this->sparse_, 0, fabric),
        count_(target_.size / this->sparse_.lanes) {}

  bool step() {
    const Source& first = this->sources_[0];
    const Source& second = this->sources_[1];
    const Source& values = kInOrder ? first : second;
    const Source& places = kInOrder ? second : first;
    const std::array<const Source*, 2> both{&first, &second};
    if (!this->there(first, second)) return false;
    if (this->bursts_ != nullptr) this->bursts_->begin();
    if (!first.is_payload()) return this->pass_on(both);
    if (!this->expect(kValue, std::span(both).subspan(1), both)) return false;
    const bool is_stored = places.code() == kValue;
    const std::int64_t at = kInOrder ? stored_ : as_int(places.word());
    if (is_stored && !this->inside(0, at, count_, both)) return false;
    if (this->sparse_.lanes > 1) {
      this->take_lanes(values, lanes_.data());
    } else {
      lanes_[0] = values.code() == kEmpty ? 0 : values.word();
    }
    Bursts* const bursts = this->bursts_.get();
    const std::int64_t width = this->sparse_.lanes;
    for (std::int64_t i = 0; i < width && is_stored && bursts != nullptr; ++i) {
      bursts->store(0, at * width + i, lanes_[static_cast<std::size_t>(i)]);
    }
    if (!this->fire(both)) return false;
    if (is_stored && bursts == nullptr) store(at);
    stored_ += is_stored;
    this->end();
    return true;
  }

 private:
  void store(std::int64_t at) {
    const int width = this->sparse_.lanes;
    for (int i = 0; i < width; ++i) {
      target_.elements.set(at * width + i, lanes_[static_cast<std::size_t>(i)]);
    }
  }

  const Part target_;
  const std::int64_t count_;
  std::array<Word, kMaxLanes> lanes_;
  std::int64_t stored_ = 0;
};

// Stores coordinates, and where the fiber of every token of the level above ends.
class WriteFibers final : public Walker<WriteFibers> {
 public:
  WriteFibers(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric),
        segments_(sparse_, 0, fabric),
        coordinates_(sparse_, 1, fabric) {
    if (bursts_ == nullptr) {
      segments_.indices[0] = 0;
      return;
    }
    bursts_->gather(0, 0, 0);
  }

  bool step() {
    const Source& crds = sources_[0];
    if (bursts_ != nullptr) bursts_->begin();
    return walk(
        held_, sources_[1], crds,
        [&](Held::Kind kind) {
          word_ = as_int(crds.word());
          const std::array<const Source*, 1> waits{&crds};
          if (ends_fiber(kind)) {
            if (!inside(0, fibers_ + 1, segments_.size, waits)) return false;
            if (bursts_ != nullptr) bursts_->store(0, fibers_ + 1, static_cast<Word>(stored_));
            return true;
          }
          if (kind != Held::Kind::payload || crds.code() != kValue) return true;
          if (!inside(1, stored_, coordinates_.size, waits)) return false;
          if (bursts_ != nullptr) bursts_->store(1, stored_, static_cast<Word>(word_));
          return true;
        },
        [&](Held::Kind kind, int code) {
          if (ends_fiber(kind)) {
            ++fibers_;
            if (bursts_ == nullptr) segments_.indices[fibers_] = static_cast<std::int32_t>(stored_);
          } else if (kind == Held::Kind::payload && code == kValue) {
            if (bursts_ == nullptr) coordinates_.indices[stored_] = word_;
            ++stored_;
          }
        });
  }

 private:
  bool ends_fiber(Held::Kind kind) const {
    const bool ends = kind == Held::Kind::fiber_end || (kind == Held::Kind::stop && held_.holds());
    return ends && held_.token().code == kValue;
  }

  const Part segments_;
  const Part coordinates_;
  Held held_;
  std::int32_t word_ = 0;
  std::int64_t stored_ = 0;
  std::int64_t fibers_ = 0;
};

}  // namespace

std::unique_ptr<Process> make_writer(int number, const ContextSpec& spec, Fabric& fabric) {
  switch (spec.kind) {
    case ContextKind::scatter:
      return std::make_unique<WriteValues<false>>(number, spec, fabric);
    case ContextKind::write_values:
      return std::make_unique<WriteValues<true>>(number, spec, fabric);
    default:
      return std::make_unique<WriteFibers>(number, spec, fabric);
  }
}

}  // namespace rdu::engine

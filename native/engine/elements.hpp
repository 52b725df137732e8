// A tensor's elements as words.
#pragma once

#include "engine/specification.hpp"

namespace rdu::engine {

class Elements {
 public:
  explicit Elements(const TensorSpec& tensor) : dtype_(tensor.dtype), data_(tensor.data) {}
  // Those of a scratchpad, which holds words.
  explicit Elements(Word* words) : dtype_(DType::i32), data_(words) {}

  Word get(std::int64_t i) const {
    switch (dtype_) {
      case DType::i1:
        return static_cast<const std::uint8_t*>(data_)[i];
      case DType::bf16:
        return static_cast<Word>(static_cast<const std::uint16_t*>(data_)[i]) << 16;
      default:
        return static_cast<const Word*>(data_)[i];
    }
  }
  void set(std::int64_t i, Word value) const {
    switch (dtype_) {
      case DType::i1:
        static_cast<std::uint8_t*>(data_)[i] = static_cast<std::uint8_t>(value);
        break;
      case DType::bf16:
        static_cast<std::uint16_t*>(data_)[i] = static_cast<std::uint16_t>(value >> 16);
        break;
      default:
        static_cast<Word*>(data_)[i] = value;
    }
  }

 private:
  DType dtype_;
  void* data_;
};

}  // namespace rdu::engine

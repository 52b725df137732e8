// The end of a firing, which another one may have to wait for.
#pragma once

#include "engine/specification.hpp"

namespace rdu::engine {

struct Retirement {
  Time time;
  int cause;       // why it was not before
  int weight = 1;  // what it took of the limit
};

}  // namespace rdu::engine

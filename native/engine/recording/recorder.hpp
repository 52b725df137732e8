// All that was asked to be recorded of a run. An engine that has nothing to record has none.
#pragma once

#include <optional>

#include "engine/recording/critical_path.hpp"
#include "engine/recording/timeline.hpp"

namespace rdu::engine {

class Recorder {
 public:
  Recorder(const SectionSpec& section, const Record& record) {
    if (record.critical_path) path_.emplace(section);
    if (record.buckets > 0) timelines_.emplace(section, record.buckets);
  }

  void fired(const Fired& event) {
    if (path_) path_->fired(event);
    if (timelines_) timelines_->fired(event);
  }
  // The last firing of a context asks a tier for bursts that later ones may wait for.
  void asked(int context) {
    if (path_) path_->asked(context);
  }
  void pushed(const Pushed& event) {
    if (path_) path_->pushed(event);
  }
  // The dynamic network delivers a channel's next token.
  void arrived(int channel, Time time) {
    if (path_) path_->arrived(channel, time);
  }
  void retired(const Retired& event) {
    if (path_) path_->retired(event);
  }

  // Adds to the outcome of a run what was recorded of it.
  void complete(Outcome& outcome) {
    if (path_) outcome.critical_path = path_->cycles();
    if (timelines_) outcome.timeline = timelines_->timeline(outcome.contexts);
  }

 private:
  std::optional<CriticalPath> path_;
  std::optional<Timelines> timelines_;
};

}  // namespace rdu::engine

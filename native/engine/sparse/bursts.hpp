// What a primitive on an address generator asks of its memory tier, burst by burst.
//
// A load keeps the last burst that it asked for: what lies in it is there with its response, and
// asks for nothing. A store gathers the words of one burst, and asks when a word of another one
// comes, or with done. Responses come in the order of the requests, as a context has one tier.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "engine/elements.hpp"
#include "engine/fabric.hpp"
#include "engine/retirement.hpp"

namespace rdu::engine {

// A firing of a primitive in flight.
struct Flying {
  Time ready;
  Time left;
  int outlet;
  int pushes;
  int responses;  // that are still to come
  bool by_kept;   // whether a request of a firing before has the response that decides `ready`

  // Is ready no earlier than the response to a request.
  void answered(Time response, bool kept) {
    if (response <= ready) return;
    ready = response;
    by_kept = kept;
  }
};

class Bursts {
 public:
  Bursts(int number, const ContextSpec& spec, Fabric& fabric);

  // -- before a firing: what it is going to move --------------------------------------------------
  void begin();
  // Loads elements of the only tensor, one after another: for the outputs in order, or for the
  // lanes of the only one.
  void load(std::int64_t element, std::size_t count = 1);
  // Stores a word into a part of the storage, behind those that the firing stores already.
  void store(std::size_t part, std::int64_t element, Word word);
  // Stores all that is gathered.
  void flush();
  // Gathers a word before all firings.
  void gather(std::size_t part, std::int64_t element, Word word) {
    Part& target = parts_[part];
    target.gathered[element] = word;
    target.burst = target.next = burst_of(target, element);
  }

  // -- the firing ---------------------------------------------------------------------------------
  // Whether enough firings have retired to leave room.
  bool has_room() const {
    return limit_ - in_flight_ + freed_ >= weight() &&
           taken_ - static_cast<std::int64_t>(retirements_.size()) < places_;
  }
  // Takes room for a firing; calls `wait(time, cause)` for each retirement that it waits for and
  // returns how many these are.
  template <class Wait>
  std::int64_t take_room(Wait&& wait) {
    std::int64_t count = 0;
    while (!retirements_.empty() && (in_flight_ + weight() > limit_ || taken_ >= places_)) {
      const Retirement freed = retirements_.front();
      retirements_.pop_front();
      in_flight_ -= freed.weight;
      freed_ -= freed.weight;
      --taken_;
      ++count;
      wait(freed.time, freed.cause);
    }
    in_flight_ += weight();
    ++taken_;
    return count;
  }
  // Asks for what a firing moves that starts at a time. Returns whether it asked for anything.
  bool ask(std::int64_t firing, Time time, Flying& flying);
  // What a firing in flight has loaded, once its responses are there.
  const Word* words(std::int64_t firing) const { return words_.data() + place_of(firing); }
  bool loads() const { return loads_; }

  // -- behind it ------------------------------------------------------------------------------
  // Takes the response to the oldest request; calls `answer(firing, kept)` for each that has
  // waited for it, `kept` if the request is of a firing before.
  template <class Answer>
  void served(Time response, Answer&& answer) {
    Request& request = requests_[static_cast<std::size_t>(served_ - first_)];
    ++served_;
    move(request);
    request.response = response;
    for (const Waiter& waiter : request.waiters) {
      if (loads_) give(request, waiter);
      answer(waiter.firing, waiter.firing != request.asker);
    }
    request.waiters.clear();
    // A load keeps the last one.
    while (first_ < served_ && (!loads_ || requests_.size() > 1)) {
      requests_.pop_front();
      ++first_;
    }
  }
  void retired(Retirement own) {
    own.weight = weights_.front();
    weights_.pop_front();
    retirements_.push_back(own);
    freed_ += own.weight;
  }

 private:
  // A tensor of the storage, and the words of one burst that are gathered for it; that burst, and
  // the one behind what the next firing stores, -1 if there are no words.
  struct Part {
    const TensorSpec* tensor;
    Elements elements;
    std::map<std::int64_t, Word> gathered;
    std::int64_t burst = -1;
    std::int64_t next = -1;
  };
  struct Use {
    std::int64_t element;
    std::int64_t burst;
  };
  struct Waiter {
    std::int64_t firing;
    std::size_t number;  // among the words of the firing
    std::int64_t element;
  };
  struct Request {
    std::int64_t burst;
    std::int64_t asker;  // a firing
    std::size_t part;
    Time response;
    std::int64_t first;       // element of a load
    std::vector<Word> words;  // that a load found there
    std::map<std::int64_t, Word> stored;
    std::vector<Waiter> waiters;
  };

  int weight() const { return loads_ ? static_cast<int>(asked_.size()) : stores_; }
  std::int64_t burst_of(const Part& part, std::int64_t element) const;
  // The first element in a burst.
  std::int64_t first_of(const Part& part, std::int64_t burst) const;
  Request& request(std::int64_t firing, Time time, std::int64_t burst, std::size_t part);
  // Asks for what is gathered of a part.
  void ask_for(std::size_t part, std::int64_t firing, Time time, Flying& flying);
  // Reads or writes what a request is for.
  void move(Request& request);
  void give(const Request& request, const Waiter& waiter) {
    words_[place_of(waiter.firing) + waiter.number] =
        request.words[static_cast<std::size_t>(waiter.element - request.first)];
  }
  std::size_t place_of(std::int64_t firing) const {
    return (static_cast<std::size_t>(firing) & mask_) * most_;
  }

  const int number_;
  const bool loads_;
  Tier& tier_;
  const std::int64_t limit_;
  std::vector<Part> parts_;
  std::size_t most_;     // words that a firing loads
  std::int64_t places_;  // of firings in flight, whatever they weigh

  // The next firing.
  std::vector<Use> uses_;
  std::vector<std::int64_t> asked_;  // bursts to load
  int stores_ = 0;                   // bursts to store
  bool flushes_ = false;
  struct Put {
    std::size_t part;
    std::int64_t element;
    Word word;
  };
  std::vector<Put> puts_;

  // Requests that are not served, and the last one of a load.
  std::deque<Request> requests_;
  std::int64_t first_ = 0;
  std::int64_t served_ = 0;

  std::deque<int> weights_;  // of firings in flight
  std::size_t mask_;
  std::vector<Word> words_;             // of these, `most_` for each
  std::deque<Retirement> retirements_;  // that no firing has waited for
  std::int64_t in_flight_ = 0;          // bursts, those of these retirements included
  std::int64_t freed_ = 0;              // bursts of these retirements
  std::int64_t taken_ = 0;              // places, theirs included
};

}  // namespace rdu::engine

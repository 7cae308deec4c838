@problem-3 @needs-services @needs-endpoints
Feature: Problem 3: a Service outlives its backends
  Backends are replaced with every release, and by every node that fails. What clients hold on to is the Service: it is
  "a stable (long lived) IP address or hostname … where the individual pods making up the service can change over
  time" ([network model](https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model)).

  Clients on every node keep talking here while it happens, at a steady beat and whether they are answered or not: over
  new TCP connections, over one that stays open, and over UDP. Each request is laid beside what became of
  the pods and of their endpoints; that timeline is kept with the report.

  Rule: The virtual IP outlives every backend
  Where the address moved with the pods, every client would have to notice, and those that cache it would not. A
  connection may end with its backend; it can be opened again at the same address, and is never taken
  over by another pod halfway.

    @S06 @core @disrupt @makes-pods
    Scenario Outline: the <address> stays while backends are replaced <order>, <manner>
      Given a client pod, and a Service with two backends of its own
      When every backend is replaced <order>, <manner>, while the clients keep talking to the <address>
      Then the Service has the virtual IP and the name that it had before
      And every client meets the new backends and nobody else
      And no answer came from a backend that had left

      Examples: by address
        | address    | order       | manner     |
        | virtual IP | one by one  | gracefully |
        | virtual IP | all at once | by force   |

      @needs-dns
      Examples: by name
        | address | order       | manner     |
        | name    | all at once | gracefully |
        | name    | one by one  | by force   |

  Rule: A rolling update loses no request
  A backend says when it is ready, and goes on serving for a while when it is told to end; a Service stops leading to
  it before it ends ([KEP-1669](https://github.com/kubernetes/enhancements/issues/1669)). With both, the budget for lost
  requests is zero. What is lost without them is reported with S06, and is no promise.

    @S07 @extended @disrupt @makes-pods
    Scenario: clients lose no request while draining backends are replaced
      Given a client pod, and a Service with two draining backends of its own
      When every backend is replaced one by one, gracefully, while the clients keep talking to the virtual IP
      Then every client meets the new backends and nobody else
      And no request was lost
      And no answer came from a backend that had left

  Rule: A UDP client is led to the new backend
  UDP has no connection whose end would tell anybody. A node that remembers where a client's port was led to must
  forget it with the backend; otherwise a resolver or a game client sends into the void for as long as it
  keeps trying.

    @S25 @extended @disrupt @makes-pods
    Scenario: a client that keeps its UDP port reaches the new backend
      Given a client pod, and a Service with one backend of its own
      When every backend is replaced all at once, by force, while the clients keep talking to the virtual IP from one UDP port
      Then every client meets the new backend and nobody else
      And no answer came from a backend that had left

@problem-3 @needs-services @needs-endpoints
Feature: Problem 3: a Service outlives its backends
  Backends are replaced with every release, and when a node fails. Clients keep the address of the Service: it
  is "a stable (long lived) IP address or hostname … where the individual pods making up the service can
  change over time"
  ([network model](https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model)).

  Clients on every node keep talking while the backends are replaced. They talk at a steady beat, whether they
  are answered or not: over new TCP connections, over one that stays open, and over UDP. A timeline shows each
  request with the changes of the pods and of their endpoints. The report keeps this timeline.

  Rule: The virtual IP outlives every backend
  If the address moved with the pods, every client would have to notice, and clients that cache it would not. A
  connection may end with its backend. The client can then open a new one to the same address. An open connection
  never moves to another pod.

    @S06 @core @disrupt @makes-pods
    Scenario Outline: the <address> stays while backends are replaced <order>, <manner>
      Given a client pod, and a Service with two backends of its own
      When every backend is replaced <order>, <manner>, while the clients keep talking to the <address>
      Then the Service has the virtual IP and the name that it had before
      And every client meets the new backends and nobody else
      And no answer came from a backend that had left

      Examples: by address
        | address    | order      | manner     |
        | virtual IP | one by one | gracefully |

      @needs-dns
      Examples: by address and by name
        | address                 | order       | manner   |
        | virtual IP and the name | all at once | by force |

  Rule: A rolling update loses no request
  A backend says when it is ready, and goes on serving for a while after it is terminated. A Service stops sending
  clients to it before it ends ([KEP-1669](https://github.com/kubernetes/enhancements/issues/1669)). If backends do
  this, not one request may be lost. A connection may end when its own backend ends, but not when another backend
  ends. Backends that end at once may lose requests: S06 reports these, and they break no promise.

    @S07 @extended @disrupt @makes-pods
    Scenario: clients lose no request while draining backends are replaced
      Given a client pod, and a Service with two draining backends of its own
      When every backend is replaced one by one, gracefully, while the clients keep talking to the virtual IP
      Then every client meets the new backends and nobody else
      And no request was lost
      And no answer came from a backend that had left

  Rule: A UDP client is led to the new backend
  UDP has no connection whose end would tell the client. A node that remembers which backend it chose for a
  client's port must forget it when the backend is gone. Otherwise the packets of a resolver or a game client
  are lost for as long as it keeps trying.

    @S25 @extended @disrupt @makes-pods
    Scenario: a client that keeps its UDP port reaches the new backend
      Given a client pod, and a Service with one backend of its own
      When every backend is replaced all at once, by force, while the clients keep talking to the virtual IP from one UDP port
      Then every client meets the new backend and nobody else
      And no answer came from a backend that had left

@problem-3 @needs-services @needs-endpoints
Feature: Problem 3: a Service follows its backends
  A Service chooses its pods by their labels (its selector), and these pods change all the time. Each node keeps rules
  of its own for the Service, and follows the changes by itself ([virtual
  IPs](https://kubernetes.io/docs/reference/networking/virtual-ips/)). A node that no longer follows looks healthy:
  its old rules work until the pods change.

  No API says when a change has reached a node. So clients on every node send requests until the change is
  visible, and the report says how long it took. A slow node makes a scenario inconclusive. A node that
  never follows breaks the promise.

  Rule: Backends that come and go are followed
  A backend that was told to end (terminated) still runs and answers in this test. So if a node still sends clients to
  it, its answers show that.

    @S09 @core @disrupt @makes-pods
    Scenario: every client meets a backend that is added
      Given a client pod, and a Service with one backend of its own
      When one more backend is created, and every client keeps asking
      Then every client meets both backends and nobody else

    @S09 @core @disrupt @makes-pods
    Scenario: no client meets a backend that is terminated
      Given a client pod, and a Service with two draining backends of its own
      When one backend is terminated, and every client keeps asking
      Then every client meets the backend that is left and nobody else
      And the terminating backend at its own address answers at the same time

  Rule: A deleted Service is forgotten
  Its virtual IP may be given to another Service at once. The clients of that Service would then reach the
  wrong pods.

    @S13 @core @waits
    Scenario: the backends of a deleted Service no longer answer at its virtual IP
      Given a client pod, and two Services over the same backends
      When one of the Services is deleted, and every client keeps asking
      Then no backend answers at the virtual IP of the deleted Service
      And the other Service answers at the same time

    @S13 @core @waits
    Scenario: a Service that is re-created leads to its backends
      Given a client pod, and two Services over the same backends
      When one of the Services is deleted and re-created, and every client keeps asking
      Then every client meets the backends of the re-created Service and nobody else
      And the other Service answers at the same time

  Rule: An open UDP socket loses its old backend
  A client that sends again and again from one socket keeps an entry in the node's conntrack alive, and this
  entry leads to the backend that was chosen first. The proxy removes it once that backend has left the
  Service ([k/k#126130](https://github.com/kubernetes/kubernetes/issues/126130)). Otherwise the client is
  answered for good by a pod that serves another Service by now. The report says how long each node took.
  kube-proxy of some versions keeps the entries of Services that are deleted or that have lost all endpoints
  (k/k#141371, k/k#139628).

    @S29 @extended @needs-endpoints @waits
    Scenario Outline: no former backend answers once <change>
      Given a client pod, and <service>
      When <change> under open UDP sockets, and every client keeps asking
      Then no backend answers an open UDP socket once it has left the Service
      And the other Service answers at the same time

      Examples:
        | service                                              | change                                         |
        | two Services over the same backends                  | one of the Services is deleted                 |
        | two Services over the same backends                  | one of the Services loses its endpoints        |
        | a Service with session affinity and a single backend | the Service with affinity gets another backend |

  Rule: A draining endpoint says that it drains
  A draining pod has got SIGTERM and serves until its grace period ends.
  Ingress controllers and meshes read from the conditions whether they may still use an endpoint
  ([terminating pods](https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/)).

    @S20 @core @disrupt @makes-pods
    Scenario: a draining endpoint is serving and terminating, and not ready
      Given a client pod, and a Service with two draining backends of its own
      When one backend is terminated, and its endpoint is watched
      Then the terminated backend's endpoint is serving and terminating, and not ready
      And the other backend's endpoint is ready

  Rule: Terminating backends serve if none is left
  "When all endpoints are terminating" they are better than none. The last backends of a Service answer
  until they are gone ([KEP-1669](https://github.com/kubernetes/enhancements/issues/1669)). As soon as one
  backend is ready, only that backend gets traffic.

    @S21 @extended @disrupt @makes-pods
    Scenario: terminating backends answer where all are terminating
      Given a client pod, and a Service with two draining backends of its own
      When every backend is terminated, and every client keeps asking
      Then every client meets both terminating backends and nobody else

    @S21 @extended @disrupt @makes-pods
    Scenario: a new backend that is ready answers alone
      Given a client pod, and a Service with one draining backend of its own
      When its backend is terminated and a new one is created, and every client keeps asking
      Then every client meets the new backend and nobody else
      And the terminating backend at its own address answers at the same time

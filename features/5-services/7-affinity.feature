@problem-3 @needs-services
Feature: Problem 3: a Service that remembers its clients
  "If you want to make sure that connections from a particular client are passed to the same Pod each time,
  you can select the session affinity based on the client's IP address" ([virtual IPs][VIP]). When one node
  forgets an affinity, a shopping cart empties at every other click.

  [VIP]: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity

  Rule: Affinity keeps a client with its backend
  Each client opens so many conversations that a proxy without affinity passes in fewer than one run in a million.

    @S15 @core @waits
    Scenario Outline: a client stays with one backend by <protocol>
      Given a client pod, and a Service with session affinity
      When the client opens <protocol> conversations with the Service's virtual IP
      Then every client meets one backend alone

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

    @S15 @core @waits
    Scenario: a client meets every backend once affinity is switched off
      Given a client pod, and a Service with session affinity
      When the Service's session affinity is changed to None
      Then every client meets every backend

    @S15 @core @waits
    Scenario: a client stays with one backend once affinity is switched on again
      Given a client pod, and a Service with session affinity
      When the Service's session affinity is changed to None and back
      Then every client meets one backend alone

    @S15 @core @needs-endpoints @waits
    Scenario: a client stays with its backend while others join
      Given a client pod, and a Service with session affinity and a single backend
      When other backends join the Service
      Then the backend that it had answers
      And every client meets every backend of a Service without affinity at the same time

  Rule: Affinity ends after its timeout
  After timeoutSeconds without a connection, a client may be sent to any backend. Each client repeats this so often
  that at least one of its tries must meet another backend. The chance that none does is below one in a million.

    @S16 @extended @waits
    Scenario Outline: a client that waits is sent to another backend by <protocol>
      Given a client pod, and a Service with session affinity for three seconds
      When the client opens <protocol> conversations, waits for longer than the timeout, and opens them again
      Then every client meets another backend after the timeout

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

# Who may take part, on the facts as they are. Days are texts `YYYY-MM-DD`, so that they compare in time; what has no last day ends in 9999.
package supplier

default may_take_part := false

may_take_part if {
	not listed
	not banned
	not major_violation
	active
	not open_ordered_recall
	not abnormal_operation
	graded
	scored
	checks_passed
	licensed
}

# The facts that hold today.
holding := [f | some f in input.facts; f.valid_from <= input.today; input.today <= f.valid_to]

# EXC.SERIOUS_VIOLATION
listed if {
	some f in holding
	f.kind == "serious_violation_listing"
}

# EXC.PROCUREMENT_BAN
banned if {
	some f in holding
	f.kind == "procurement_ban"
	"government_procurement" in f.scope
}

# EXC.MAJOR_VIOLATION: barred from the trade until a day to come
major_violation if {
	some f in input.facts
	f.kind == "penalty"
	f.decided_on <= input.today
	input.today <= f.ban_until
}

# EXC.MAJOR_VIOLATION: a larger fine within 36 months
major_violation if {
	some f in input.facts
	f.kind == "penalty"
	f.decided_on <= input.today
	input.since_36m <= f.decided_on
	f.fine_fen >= 200000000
}

# EXC.MAJOR_VIOLATION: a sentence, or one of the heavier penalties, within 36 months
major_violation if {
	some f in input.facts
	f.kind == "penalty"
	f.decided_on <= input.today
	input.since_36m <= f.decided_on
	some type in f.types
	type in {"criminal", "stop_production", "ordered_closure", "licence_revoked"}
}

# EXC.INACTIVE
active if {
	input.status == "active"
	input.established_on <= input.today
}

# EXC.OPEN_ORDERED_RECALL
open_ordered_recall if {
	some f in holding
	f.kind == "recall"
	f.mode == "ordered"
	f.state == "open"
}

# EXC.ABNORMAL_OPERATION
abnormal_operation if {
	some f in holding
	f.kind == "abnormal_operation_listing"
}

# SEL.MIN_GRADE
graded if input.grade in {"AAA", "AA", "A", "B", "C"}

# SEL.MIN_SCORE
scored if input.score >= 500

# SEL.SPOT_CHECK_PASS_RATE: the results of the last 24 months
checks := [f.result |
	some f in input.facts
	f.kind == "spot_check"
	input.since_24m <= f.decided_on
	f.decided_on <= input.today
]

checks_passed if count([result | some result in checks; result == "pass"]) * 10 >= count(checks) * 9

# SEL.LICENCE_VALID
licensed if {
	some f in holding
	f.kind == "licence"
}

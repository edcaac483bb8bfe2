"""Published results put to the test: what is trained, how it is judged, and what came out.

claim is what stands in a list of claims, claims/ the list itself, rules the verdicts, spread how
sure they are. work trains, measure reads what was trained, report and curves write it down.
Networks that a claim needs and no paper prints are in networks.
"""

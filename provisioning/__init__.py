"""The technician's side: the offline authority, enrolment, the broker's files, doctor, the command line."""

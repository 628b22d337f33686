"""Reading: crops of lines become texts that keep their doubt."""

"""Moving pictures: encoding them, and the streams that objects hold already."""

"""What two services use today: the words, the event contracts, the ports and the platform."""

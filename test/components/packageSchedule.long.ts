import "../support/long";
import "./packageSchedule.test";

import "../support/long";
import "./planLaws.test";

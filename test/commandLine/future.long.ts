import "../support/long";
import "./future.test";

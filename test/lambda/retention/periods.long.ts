import "../../support/long";
import "./periods.test";

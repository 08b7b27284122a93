import "../../support/long";
import "./laws.test";

import "../../support/long";
import "./lawsOverTime.test";

"""The peer of the check-in: a FastAPI route that produces what it was sent with acks=all, and nothing else."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from pydantic import BaseModel

TOPIC = "bench.check-ins"


class Location(BaseModel):
    lon: float
    lat: float
    accuracy_m: float
    crs: str


class CheckIn(BaseModel):
    unit_id: str
    code: str
    location: Location


def build() -> FastAPI:
    """The app; its producer lives as long as it does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        producer = AIOKafkaProducer(
            bootstrap_servers=os.environ["KAFKA_BOOTSTRAP"], acks="all", enable_idempotence=True
        )
        await producer.start()
        app.state.producer = producer
        yield
        await producer.stop()

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def ready() -> None:
        return None

    @app.post("/check-ins", status_code=201)
    async def check_in(body: CheckIn) -> dict[str, str]:
        record = body.model_dump_json().encode()
        await app.state.producer.send_and_wait(TOPIC, record, key=body.unit_id.encode())
        return {"unit_id": body.unit_id}

    return app


if __name__ == "__main__":
    # As `shared.platform.process.run_api` serves: same loop, same HTTP implementation, one process.
    uvicorn.run(build(), host="127.0.0.1", port=int(os.environ["HTTP_PORT"]), access_log=False, log_config=None)

"""How this room compiles: once, to machine code that later processes load without numba.

Importing numba takes a third of a second, and every kernel that it fetches from its own cache
more: longer than the analysis of ten thousand papers. So numba is only asked to compile. The
machine code is kept, and loaded by llvmlite, in a twentieth of a second for all kernels.

A kernel is a function over arrays and numbers, told apart by the names of their types: ``Int32s``
is an array that is read, ``NewInt32s`` one that is written too. It allocates nothing and raises
nothing: whoever calls it hands over the arrays that it needs, for more than one result too.

What only kernels call is a :class:`Helper`: numba finds out its types, and it may return tuples.
What numba has no words for is an :func:`instruction`.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from inspect import Parameter, Signature
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

import llvmlite
import llvmlite.binding as llvm
import numpy as np

__all__ = [
    "Bytes",
    "Flags",
    "Floats",
    "Helper",
    "Int32s",
    "Int64s",
    "Kernel",
    "NewByteTable",
    "NewBytes",
    "NewFlags",
    "NewFloatTable",
    "NewFloats",
    "NewInt32Table",
    "NewInt32s",
    "NewInt64s",
    "NewSingles",
    "NewSmalls",
    "NewUInt64Table",
    "NewUInt64s",
    "Singles",
    "Smalls",
    "UInt64Table",
    "UInt64s",
    "Unsigned",
    "compiled",
    "helper",
    "instruction",
    "prefetch",
]

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
NewBytes = np.ndarray[Any, np.dtype[np.uint8]]
Smalls = np.ndarray[Any, np.dtype[np.uint16]]
NewSmalls = np.ndarray[Any, np.dtype[np.uint16]]
Int32s = np.ndarray[Any, np.dtype[np.int32]]
NewInt32s = np.ndarray[Any, np.dtype[np.int32]]
Int64s = np.ndarray[Any, np.dtype[np.int64]]
NewInt64s = np.ndarray[Any, np.dtype[np.int64]]
Unsigned = int
UInt64s = np.ndarray[Any, np.dtype[np.uint64]]
NewUInt64s = np.ndarray[Any, np.dtype[np.uint64]]
Singles = np.ndarray[Any, np.dtype[np.float32]]
NewSingles = np.ndarray[Any, np.dtype[np.float32]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
NewFloats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
NewFlags = np.ndarray[Any, np.dtype[np.bool_]]
NewByteTable = np.ndarray[Any, np.dtype[np.uint8]]
NewInt32Table = np.ndarray[Any, np.dtype[np.int32]]
NewFloatTable = np.ndarray[Any, np.dtype[np.float64]]
UInt64Table = np.ndarray[Any, np.dtype[np.uint64]]
NewUInt64Table = np.ndarray[Any, np.dtype[np.uint64]]

_ARRAYS = {
    "Bytes": "uint8",
    "Smalls": "uint16",
    "Int32s": "int32",
    "Int64s": "int64",
    "UInt64s": "uint64",
    "Singles": "float32",
    "Floats": "float64",
    "Flags": "bool",
    "ByteTable": "uint8",
    "Int32Table": "int32",
    "FloatTable": "float64",
    "UInt64Table": "uint64",
}
_SCALARS: dict[str, Any] = {
    "int": ctypes.c_int64,
    "float": ctypes.c_double,
    "Unsigned": ctypes.c_uint64,
}
# numba's own form of an array: the object that owns it, its parent, the number and the size of
# items, the data; then, for every dimension, the shape and the strides.
_ARRAY = (
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p,
)  # fmt: skip
_LLVM_TYPES = {
    ctypes.c_void_p: "ptr",
    ctypes.c_int64: "i64",
    ctypes.c_uint64: "i64",
    ctypes.c_double: "double",
}
_MATHEMATICS = frozenset({"exp", "log", "sqrt", "memset", "memcpy", "memmove"})
"""What machine code may ask the C library for."""
_LOADING = threading.RLock()

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, or fetch its machine code from the cache."""
    return cast("Function", functools.wraps(function)(Kernel(function)))


def helper(function: Function) -> Function:
    """Make a function known to kernels, which are compiled with it."""
    return cast("Function", functools.wraps(function)(Helper(function)))


def instruction(result: str, *names: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a function known to kernels by the instructions that it generates.

    The function gets what the generator of a numba intrinsic does: context, builder, signature and
    arguments. ``result`` is the name of numba's type, ``names`` are those of the arguments.
    """

    def known(generate: Callable[..., Any]) -> Any:  # noqa: ANN401 - called as it is not written
        return functools.update_wrapper(
            cast("Any", _Instruction(generate, result, names)), generate
        )

    return known


class _Instruction:
    def __init__(self, generate: Callable[..., Any], result: str, names: Sequence[str]) -> None:
        self.function = cast("FunctionType", generate)
        self._result = result
        self._names = names
        self._known: Any = None

    def _dispatcher(self, _numba: Any) -> Any:  # noqa: ANN401 - numba has no types for its types
        if self._known is None:
            from numba.core import types  # noqa: PLC0415 - only where there is something to compile
            from numba.extending import intrinsic  # noqa: PLC0415

            def typed(_context: Any, *arguments: Any) -> Any:  # noqa: ANN401
                return getattr(types, self._result)(*arguments), self.function

            names = [Parameter(name, Parameter.POSITIONAL_ONLY) for name in ("_", *self._names)]
            typed.__signature__ = Signature(names)  # type: ignore[attr-defined]
            self._known = intrinsic(typed)
        return self._known


class Helper:
    """A function that kernels call, compiled with each for what it is handed; else plain Python.

    It may call other helpers, and may return several values.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = cast("FunctionType", function)
        self._known: Any = None

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - the function's own
        return self.function(*arguments)

    def _dispatcher(self, numba: Any) -> Any:  # noqa: ANN401 - numba has no types for what it compiles
        if self._known is None:
            self._known = _known_to_numba(numba, self.function)
        return self._known


class Kernel(Helper):
    """A function and its machine code.

    Parameters
    ----------
    function
        Its annotations are the names of this module's array types, ``int`` (64 bits), ``Unsigned``
        and ``float``; it returns one of the latter three or None. It may call other kernels,
        helpers and instructions.
    name, types
        For a second kernel of the same function: what its machine code is called in the cache, and
        the arguments whose types are others.

    Attributes
    ----------
    origin
        Where the machine code came from: ``"cache"``, ``"numba"``, or None before the first call.
    """

    def __init__(self, function: Callable[..., Any], name: str = "", **types: str) -> None:
        annotations = {**function.__annotations__, **types}
        super().__init__(function)
        self.name = name or function.__name__
        self.origin: str | None = None
        self._result = annotations.pop("return")
        self._arguments: dict[str, str] = annotations
        self._run: Callable[..., int] | None = None

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - the function's own
        if self._run is None:
            with _LOADING:
                self._run = self._load()
        result = _SCALARS.get(self._result, ctypes.c_void_p)()
        raised = ctypes.c_void_p()
        flat: list[Any] = [ctypes.byref(result), ctypes.byref(raised)]
        for (name, kind), value in zip(self._arguments.items(), arguments, strict=True):
            if kind in _SCALARS:
                flat.append(value)
            else:
                flat += self._as_struct(name, kind, value)
        if self._run(*flat):
            raise RuntimeError(f"{self.name} failed, which no kernel does")
        return None if self._result == "None" else result.value

    def _as_struct(self, name: str, kind: str, array: Any) -> tuple[int | None, ...]:  # noqa: ANN401
        dtype = _ARRAYS[kind.removeprefix("New")]
        flags = array.flags
        plain = flags.c_contiguous and flags.aligned and array.ndim == _dimensions(kind)
        if array.dtype != dtype or not plain:
            raise TypeError(f"{self.name}: {name} is no plain array of {dtype}")
        if kind.startswith("New") and not flags.writeable:
            raise TypeError(f"{self.name}: {name} is read-only")
        data = array.__array_interface__["data"][0]
        return None, None, array.size, array.itemsize, data, *array.shape, *array.strides

    def _load(self) -> Callable[..., int]:
        if (loaded := self._run) is not None:  # by another thread
            return loaded
        key = _key(self.function)
        file = f"{Path(self.function.__code__.co_filename).stem}.{self.name}"
        found = _fetch(f"{file}.{key}.kernel", self.function) if key else None
        self.origin = "numba" if found is None else "cache"
        if found is None:
            found = self._compile()
            if key:
                _keep(file, key, found, self.function)
        symbol, _, code = found.partition(b"\n")
        engine = _engine()
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        flat: list[Any] = [ctypes.c_void_p, ctypes.c_void_p, *self._flat_types()]
        address = engine.get_function_address(symbol.decode())
        return ctypes.CFUNCTYPE(ctypes.c_int32, *flat)(address)

    def _flat_types(self) -> Iterator[Any]:
        for kind in self._arguments.values():
            if kind in _SCALARS:
                yield _SCALARS[kind]
            else:
                yield from _ARRAY
                yield from [ctypes.c_int64] * (2 * _dimensions(kind))

    def _compile(self) -> bytes:
        """The function's symbol, a line break, and its machine code as an object file."""
        compiled_ = self._by_numba()
        symbol = compiled_.fndesc.llvm_func_name
        library = compiled_.library
        module = llvm.parse_assembly(library.get_llvm_str())
        asked = {each.name for each in module.functions if each.is_declaration}
        strange = {name for name in asked if not name.startswith("llvm.")} - _MATHEMATICS
        wanted = ["ptr", "ptr", *(_LLVM_TYPES[each] for each in self._flat_types())]
        given = [str(each.type) for each in module.get_function(symbol).arguments]
        if strange or wanted != given:
            raise RuntimeError(f"{self.name} is not what a kernel may be: {strange or given}")
        machine_code: bytes = symbol.encode() + b"\n" + library._get_compiled_object()
        return machine_code

    def _by_numba(self) -> Any:  # noqa: ANN401 - numba has no types for what it compiles
        import numba  # noqa: PLC0415 - only where there is something to compile
        from numba.core import types  # noqa: PLC0415
        from numba.np.numpy_support import from_dtype  # noqa: PLC0415

        scalars = {
            "int": types.int64,
            "float": types.float64,
            "Unsigned": types.uint64,
            "None": types.void,
        }
        kinds = [
            scalars[kind]
            if kind in scalars
            else types.Array(
                from_dtype(np.dtype(_ARRAYS[kind.removeprefix("New")])),
                _dimensions(kind),
                "C",
                readonly=not kind.startswith("New"),
            )
            for kind in self._arguments.values()
        ]
        dispatcher = self._dispatcher(numba)
        dispatcher.compile(scalars[self._result](*kinds))
        return next(iter(dispatcher.overloads.values()))

    def _dispatcher(self, numba: Any) -> Any:  # noqa: ANN401
        # Always another one, so that no two kernels' machine code has a symbol of the same name.
        return _known_to_numba(numba, self.function)


def _dimensions(kind: str) -> int:
    return 2 if kind.endswith("Table") else 1


def _called(function: FunctionType) -> dict[str, Helper | _Instruction]:
    """What a function calls of this module's kinds, by the names that it has for them."""
    known = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return {name: at for name, at in known.items() if isinstance(at, Helper | _Instruction)}


def _known_to_numba(numba: Any, function: FunctionType) -> Any:  # noqa: ANN401
    """A function as numba's, and all that it calls too."""
    code = function.__code__
    known = {name: value._dispatcher(numba) for name, value in _called(function).items()}
    copy = FunctionType(code, {**function.__globals__, **known}, code.co_name)
    # Loops are sequential: parallel ones collapse where the cores are busy, and their sums
    # would differ with the number of threads.
    return numba.njit(
        error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(copy)


@instruction("void", "array", "index")
def prefetch(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    """Inside a kernel: ask for the item of an array at an index, which is needed soon.

    It does not wait, and the index may lie outside of the array. Where lists lie all over the
    memory, asking for later ones makes a pass up to three times as fast. A read that is not used
    would not do: it holds back all that comes after it.
    """
    from llvmlite import ir  # noqa: PLC0415 - only where there is something to compile
    from numba.core import cgutils  # noqa: PLC0415

    byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
    to_read, nearest, data = number(0), number(3), number(1)
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    item = builder.bitcast(builder.gep(array.data, [arguments[1]]), byte)
    function = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
        builder.module,
        ir.FunctionType(ir.VoidType(), [byte, number, number, number]),
        "llvm.prefetch.p0i8",
    )
    builder.call(function, [item, to_read, nearest, data])
    return context.get_dummy_value()


@functools.cache
def _engine() -> Any:  # noqa: ANN401 - llvmlite has no types
    """What holds machine code in memory; one for the whole process."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)


@functools.cache
def _machine() -> bytes:
    """What machine code depends on beside its source: the compiler and the processor."""
    parts = (
        llvmlite.__version__,
        sys.implementation.cache_tag,
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
    )
    return "\n".join(map(str, parts)).encode()


@functools.cache
def _source(file: str) -> bytes | None:
    try:
        return Path(file).read_bytes()
    except OSError:  # inside a zip archive, say
        return None


def _parts(function: FunctionType) -> Iterator[tuple[str, str]]:
    """The files of a function and all that it calls, and the numbers that they know by name."""
    names = sorted({*function.__code__.co_names} & {*function.__globals__})
    numbers = [(name, function.__globals__[name]) for name in names]
    yield (
        function.__code__.co_filename,
        repr([each for each in numbers if isinstance(each[1], int | float | np.number)]),
    )
    for called in _called(function).values():
        if isinstance(called, Helper):
            yield from _parts(called.function)
        else:
            yield called.function.__code__.co_filename, ""


def _key(function: FunctionType) -> str | None:
    """What changes with the processor, then what changes with the source; None without one."""
    parts = sorted({(__file__, ""), *_parts(function)})
    sources = [_source(file) for file in sorted({file for file, _ in parts})]
    if None in sources:
        return None
    machine = hashlib.sha256(_machine()).hexdigest()[:8]
    content = [*(each for each in sources if each), *(numbers.encode() for _, numbers in parts)]
    source = hashlib.sha256(b"".join(content)).hexdigest()[:16]
    return f"{machine}.{source}"


# -- the cache -----------------------------------------------------------------------------------


def _folders(function: FunctionType) -> Iterator[Path]:
    """Where machine code may be kept: the same places, in the same order, as numba's."""
    module = Path(function.__code__.co_filename).parent
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(named)
    yield module / "__pycache__"
    # Users of one machine may have several installations; the package's folder tells them apart.
    place = hashlib.sha256(str(module).encode()).hexdigest()[:8]
    try:
        yield _user_cache() / "graphbuild" / place
    except RuntimeError:  # no home
        return


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _fetch(file: str, function: FunctionType) -> bytes | None:
    for folder in _folders(function):
        try:
            kept = (folder / file).read_bytes()
        except OSError:
            continue
        digest, found = kept[:32], kept[32:]
        if hashlib.sha256(found).digest() == digest:
            return found
    return None


def _keep(file: str, key: str, found: bytes, function: FunctionType) -> None:
    """Write machine code down in the first folder that lets us, or nowhere."""
    kept = hashlib.sha256(found).digest() + found
    for folder in _folders(function):
        partial = folder / f"{file}.{os.getpid()}.partial"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(kept)
            partial.replace(folder / f"{file}.{key}.kernel")
        except OSError:
            continue
        machine = key.partition(".")[0]
        for older in folder.glob(f"{file}.{machine}.*.kernel"):
            if older.name != f"{file}.{key}.kernel":
                older.unlink(missing_ok=True)
        return

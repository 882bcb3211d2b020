#include "engine/lower/let_vectors.h"

#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/lower/checks.h"

namespace loopglass::lower {

using namespace ir;

namespace {

// Loads of one buffer become a variable.
class LoadsOf : public Rewriter {
 public:
  LoadsOf(Buffer buffer, Var value) : buffer_(std::move(buffer)), value_(std::move(value)) {}
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override {
    const BufferLoad* load = as<BufferLoad>(e);
    return load && load->buffer == buffer_ ? value_ : Rewriter::rewrite(e);
  }

 private:
  const Buffer buffer_;
  const Var value_;
};

const Stmt& statement_of(const Stmt& s) {
  const AttrStmt* attr = as<AttrStmt>(s);
  return attr && attr->key == kOrigin ? statement_of(attr->body) : s;
}

int stores_to(const Stmt& body, const Buffer& buffer) {
  int stores = 0;
  for_each_stmt(body, [&](const Stmt& s) {
    const BufferStore* store = as<BufferStore>(s);
    stores += store && store->buffer == buffer;
    return true;
  });
  return stores;
}

class LetVectors : public Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e; }
  Stmt rewrite(const Stmt& s) override {
    const Stmt below = Rewriter::rewrite(s);
    const AllocBuffer* alloc = as<AllocBuffer>(below);
    if (!alloc || alloc->buffer->dtype.is_scalar()) return below;
    const Seq* seq = as<Seq>(statement_of(alloc->body));
    const BufferStore* first = seq && !seq->stmts.empty() ? as<BufferStore>(statement_of(seq->stmts.front())) : nullptr;
    if (!first || first->buffer != alloc->buffer || first->value->dtype != alloc->buffer->dtype || stores_to(alloc->body, alloc->buffer) != 1) return below;
    LetStmt let;
    let.var = make_var(alloc->buffer->name, alloc->buffer->dtype);
    let.value = first->value;
    let.body = LoadsOf(alloc->buffer, let.var).rewrite(make_seq({seq->stmts.begin() + 1, seq->stmts.end()}));
    return make_stmt(std::move(let));
  }
};

}  // namespace

Stmt let_vectors(const Stmt& body) { return body ? LetVectors().rewrite(body) : body; }

}  // namespace loopglass::lower
